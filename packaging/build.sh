#!/usr/bin/env bash
# Builds what others install: a static binary, with manual pages, completions and the licences of all that is in it, as a
# .tar.gz, a .deb and a Python wheel.
#
#   packaging/build.sh [x86_64] [aarch64]        into target/dist; x86_64 if nothing is named
#
# Needs: rustup, python3, tar, gzip; dpkg-deb for the .deb. The compression of Parquet is C, so a compiler for musl is needed
# too: musl-gcc (Debian: musl-tools) for this machine's own kind, or cargo-zigbuild with zig (pip install cargo-zigbuild
# ziglang) for any.
#
# Two builds of one commit with one toolchain give the same bytes: paths of the machine are not in the binary, times are those
# of the commit.
set -euo pipefail
cd "$(dirname "$0")/.."
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Cargo.toml)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC CARGO_TERM_COLOR=never
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
dist=$PWD/target/dist
cargo_home=${CARGO_HOME:-$HOME/.cargo}
mkdir -p "$dist"

compile() { # compile TARGET: the binary of a target
  local target=$1
  rustup target add "$target" >/dev/null 2>&1 || { echo "the target $target cannot be had here" >&2; return 1; }
  export RUSTFLAGS="--remap-path-prefix=$PWD=radscore --remap-path-prefix=$cargo_home=cargo -C target-feature=+crt-static"
  if [ "${target%%-*}" = "$(uname -m)" ] && command -v musl-gcc >/dev/null; then
    CC=musl-gcc cargo build --release --locked --target "$target" --bin radscore
  elif command -v cargo-zigbuild >/dev/null; then
    cargo zigbuild --release --locked --target "$target" --bin radscore
  else
    echo "no C compiler for $target: install musl-tools, or cargo-zigbuild and ziglang" >&2
    return 1
  fi
}

documents() { # documents FOLDER BINARY: manual pages, completions, licences
  local folder=$1 binary=$2
  mkdir -p "$folder"/{man,completions}
  "$binary" generate man --out "$folder/man" --quiet
  "$binary" generate completions bash >"$folder/completions/radscore.bash"
  "$binary" generate completions zsh >"$folder/completions/_radscore"
  "$binary" generate completions fish >"$folder/completions/radscore.fish"
  cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$folder"
  python3 packaging/licences.py >"$folder/LICENSES-OF-LIBRARIES.txt"
}

static() { # static BINARY: it needs nothing of the system that it runs on
  if ldd "$1" 2>&1 | grep -qvE 'not a dynamic executable|statically linked'; then
    echo "$1 is not static:" >&2
    ldd "$1" >&2
    return 1
  fi
}

archive() { # archive FOLDER: FOLDER.tar.gz beside it
  tar -C "$(dirname "$1")" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    --format=gnu -cf - "$(basename "$1")" | gzip -9n >"$1.tar.gz"
}

debian() { # debian FOLDER ARCHITECTURE: a package of what the folder holds
  local from=$1 architecture=$2 root=$1.deb.d
  command -v dpkg-deb >/dev/null || { echo "no .deb: dpkg-deb is not here" >&2; return 0; }
  rm -rf "$root"
  mkdir -p "$root"/{DEBIAN,usr/bin,usr/share/man/man1,usr/share/doc/radscore,usr/share/bash-completion/completions} \
    "$root"/usr/share/{zsh/vendor-completions,fish/vendor_completions.d}
  install -m 755 "$from/radscore" "$root/usr/bin/"
  cp "$from"/man/*.1 "$root/usr/share/man/man1/"
  gzip -9n "$root"/usr/share/man/man1/*.1
  cp "$from/completions/radscore.bash" "$root/usr/share/bash-completion/completions/radscore"
  cp "$from/completions/_radscore" "$root/usr/share/zsh/vendor-completions/"
  cp "$from/completions/radscore.fish" "$root/usr/share/fish/vendor_completions.d/"
  cp "$from"/{README.md,LICENSES-OF-LIBRARIES.txt} "$root/usr/share/doc/radscore/"
  cat "$from/LICENSE-MIT" "$from/LICENSE-APACHE" >"$root/usr/share/doc/radscore/copyright"
  cat >"$root/DEBIAN/control" <<CONTROL
Package: radscore
Version: $version
Architecture: $architecture
Maintainer: the authors of radscore <radscore@localhost>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Section: science
Priority: optional
Description: radiomics in one terminal
 Features as PyRadiomics computes them, statistics as R computes them, a
 study that cannot leak. One static binary, no Python, no R.
CONTROL
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$root" "$dist/radscore_${version}_$architecture.deb" >/dev/null
  rm -rf "$root"
}

for machine in "${@:-x86_64}"; do
  case $machine in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) echo "x86_64 or aarch64, not $machine" >&2; exit 2 ;;
  esac
  target=$machine-unknown-linux-musl
  compile "$target"
  binary=target/$target/release/radscore
  static "$binary"
  folder=$dist/radscore-$version-$machine-linux
  rm -rf "$folder"
  mkdir -p "$folder"
  install -m 755 "$binary" "$folder/radscore"
  # The pages are made by a binary that runs here; they are the same for all machines.
  if "$binary" --version >/dev/null 2>&1; then
    documents "$folder" "$binary"
  elif [ -x "$dist/radscore-$version-$(uname -m)-linux/radscore" ]; then
    documents "$folder" "$dist/radscore-$version-$(uname -m)-linux/radscore"
  else
    echo "no manual pages for $machine: build for $(uname -m) first, in the same call" >&2
    exit 1
  fi
  find "$folder" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  archive "$folder"
  debian "$folder" "$architecture"
  python3 packaging/wheel.py "$folder" "$machine" "$version" "$dist"
done
(cd "$dist" && sha256sum -- *.tar.gz *.deb *.whl 2>/dev/null | tee SHA256SUMS)
