//! The inverse of a grid's matrix, to the last bit as ITK has it.
//!
//! ITK inverts by a singular value decomposition (LINPACK's `dsvdc`), `V diag(1 / s) U^T`. Where a voxel's centre falls
//! half-way between two voxels of another grid, the rounding of that inverse decides which of them is the nearest, so every
//! sum here stands in LINPACK's order. Reference: Dongarra, Bunch, Moler and Stewart, LINPACK Users' Guide, chapter 11.

/// Columns of a matrix.
type Columns = [[f64; 3]; 3];

/// The inverse of a matrix (rows); `None` where it is singular, has an entry that is not finite, or the iteration fails.
pub(super) fn inverse(matrix: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    if !matrix.iter().flatten().all(|entry| entry.is_finite()) {
        return None;
    }
    let (left, values, right) = Bidiagonal::of(matrix).decomposed()?;
    let inverses = values.map(|value| 1.0 / value.abs());
    if !inverses.iter().all(|inverse| inverse.is_finite()) {
        return None;
    }
    Some([0, 1, 2].map(|row| {
        let scaled = [0, 1, 2].map(|k| right[k][row] * inverses[k]);
        [0, 1, 2].map(|column| dot(&scaled, &[0, 1, 2].map(|k| left[k][column])))
    }))
}

/// A matrix as `U B V^T` with `B` zero but for its diagonal and the one above it.
struct Bidiagonal {
    left: Columns,
    diagonal: [f64; 3],
    /// The entry right of each diagonal one; the last is 0
    above: [f64; 3],
    right: Columns,
}

impl Bidiagonal {
    /// By Householder reflections: two from the left, one from the right.
    fn of(matrix: &[[f64; 3]; 3]) -> Self {
        let mut rest: Columns = [0, 1, 2].map(|column| [0, 1, 2].map(|row| matrix[row][column]));
        let (mut left, mut right) = ([[0.0; 3]; 3], [[0.0; 3]; 3]);
        let (mut diagonal, mut above) = ([0.0; 3], [0.0; 3]);
        for step in 0..2 {
            diagonal[step] = reflector(&mut rest[step][step..]);
            let reflected = rest[step];
            for column in step + 1..3 {
                if diagonal[step] != 0.0 {
                    reflect(&reflected[step..], &mut rest[column][step..]);
                }
                above[column] = rest[column][step];
            }
            left[step][step..].copy_from_slice(&reflected[step..]);
            if step == 0 {
                above[0] = reflector(&mut above[1..]);
                if above[0] != 0.0 {
                    let mut sums = [0.0; 3];
                    for column in 1..3 {
                        add_times(above[column], &rest[column][1..], &mut sums[1..]);
                    }
                    for column in 1..3 {
                        add_times(-above[column] / above[1], &sums[1..], &mut rest[column][1..]);
                    }
                }
                right[0][1..].copy_from_slice(&above[1..]);
            }
        }
        diagonal[2] = rest[2][2];
        above = [above[0], rest[2][1], 0.0];
        left[2] = [0.0, 0.0, 1.0];
        for step in [1, 0] {
            if diagonal[step] == 0.0 {
                left[step] = unit(step);
                continue;
            }
            let reflected = left[step];
            for column in step + 1..3 {
                reflect(&reflected[step..], &mut left[column][step..]);
            }
            left[step] = reflected.map(|part| -part);
            left[step][step] += 1.0;
            left[step][..step].fill(0.0);
        }
        let reflected = right[0];
        right = [unit(0), unit(1), unit(2)];
        if above[0] != 0.0 {
            for column in 1..3 {
                reflect(&reflected[1..], &mut right[column][1..]);
            }
        }
        Self {
            left,
            diagonal,
            above,
            right,
        }
    }

    /// Left vectors, singular values in descending order, right vectors; `None` after 30 steps for one value.
    fn decomposed(mut self) -> Option<(Columns, [f64; 3], Columns)> {
        let (mut open, mut steps) = (3, 0);
        while open > 0 {
            if steps >= 30 {
                return None;
            }
            let first = self.first_coupled(open);
            if first + 1 == open {
                self.settle(first);
                (open, steps) = (open - 1, 0);
            } else if let Some(zero) = self.negligible_value(first, open) {
                if zero + 1 == open {
                    self.deflate_end(first, zero);
                } else {
                    self.deflate_middle(zero, open);
                }
            } else {
                self.step(first, open);
                steps += 1;
            }
        }
        Some((self.left, self.diagonal, self.right))
    }

    /// Where the last block without a negligible entry above the diagonal begins, of the first `open` rows.
    fn first_coupled(&mut self, open: usize) -> usize {
        for row in (0..open - 1).rev() {
            if negligible(self.above[row], self.diagonal[row].abs() + self.diagonal[row + 1].abs()) {
                self.above[row] = 0.0;
                return row + 1;
            }
        }
        0
    }

    /// The last negligible diagonal entry of a block, set to 0.
    fn negligible_value(&mut self, first: usize, open: usize) -> Option<usize> {
        for row in (first..open).rev() {
            let mut beside = 0.0;
            if row + 1 != open {
                beside += self.above[row].abs();
            }
            if row != first {
                beside += self.above[row - 1].abs();
            }
            if negligible(self.diagonal[row], beside) {
                self.diagonal[row] = 0.0;
                return Some(row);
            }
        }
        None
    }

    /// A block whose last value is 0.
    fn deflate_end(&mut self, first: usize, last: usize) {
        let mut chased = std::mem::take(&mut self.above[last - 1]);
        for row in (first..last).rev() {
            let turn = Rotation::onto_first(self.diagonal[row], chased);
            self.diagonal[row] = turn.length;
            if row != first {
                chased = -turn.sine * self.above[row - 1];
                self.above[row - 1] *= turn.cosine;
            }
            turn.columns(&mut self.right, row, last);
        }
    }

    /// A block with a value of 0 before its end.
    fn deflate_middle(&mut self, zero: usize, open: usize) {
        let mut chased = std::mem::take(&mut self.above[zero]);
        for row in zero + 1..open {
            let turn = Rotation::onto_first(self.diagonal[row], chased);
            self.diagonal[row] = turn.length;
            chased = -turn.sine * self.above[row];
            self.above[row] *= turn.cosine;
            turn.columns(&mut self.left, row, zero);
        }
    }

    /// One QR step with LINPACK's shift.
    fn step(&mut self, first: usize, open: usize) {
        let (s, e, last) = (&mut self.diagonal, &mut self.above, open - 1);
        let scale = [s[last], s[last - 1], e[last - 1], s[first], e[first]]
            .into_iter()
            .fold(0.0, |largest: f64, entry| largest.max(entry.abs()));
        let end = s[last] / scale;
        let (before, beside) = (s[last - 1] / scale, e[last - 1] / scale);
        let (begin, begin_beside) = (s[first] / scale, e[first] / scale);
        let half = f64::midpoint((before + end) * (before - end), beside * beside);
        let product = (end * beside) * (end * beside);
        let mut shift = 0.0;
        if half != 0.0 || product != 0.0 {
            let root = (half * half + product).sqrt();
            shift = product / (half + if half < 0.0 { -root } else { root });
        }
        let mut f = (begin + end) * (begin - end) + shift;
        let mut g = begin * begin_beside;
        for row in first..last {
            let turn = Rotation::onto_first(f, g);
            if row != first {
                e[row - 1] = turn.length;
            }
            f = turn.cosine * s[row] + turn.sine * e[row];
            e[row] = turn.cosine * e[row] - turn.sine * s[row];
            g = turn.sine * s[row + 1];
            s[row + 1] *= turn.cosine;
            turn.columns(&mut self.right, row, row + 1);
            let turn = Rotation::onto_first(f, g);
            s[row] = turn.length;
            f = turn.cosine * e[row] + turn.sine * s[row + 1];
            s[row + 1] = -turn.sine * e[row] + turn.cosine * s[row + 1];
            g = turn.sine * e[row + 1];
            e[row + 1] *= turn.cosine;
            turn.columns(&mut self.left, row, row + 1);
        }
        e[last - 1] = f;
    }

    /// A value that stands by itself: made positive and brought to its place in the order.
    fn settle(&mut self, mut place: usize) {
        if self.diagonal[place] < 0.0 {
            self.diagonal[place] = -self.diagonal[place];
            self.right[place] = self.right[place].map(|part| -part);
        }
        while place < 2 && self.diagonal[place] < self.diagonal[place + 1] {
            self.diagonal.swap(place, place + 1);
            self.right.swap(place, place + 1);
            self.left.swap(place, place + 1);
            place += 1;
        }
    }
}

/// Whether a number is lost when it is added to another.
fn negligible(number: f64, beside: f64) -> bool {
    beside + number.abs() == beside
}

fn unit(axis: usize) -> [f64; 3] {
    [0, 1, 2].map(|row| f64::from(u8::from(row == axis)))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

fn add_times(factor: f64, from: &[f64], onto: &mut [f64]) {
    for (onto, from) in onto.iter_mut().zip(from) {
        *onto += factor * from;
    }
}

/// Turns a vector into that of the reflection which brings it onto the first axis; the entry that it then has there.
fn reflector(vector: &mut [f64]) -> f64 {
    let mut length = norm(vector);
    if length != 0.0 {
        if vector[0] != 0.0 {
            length = length.copysign(vector[0]);
        }
        let factor = 1.0 / length;
        for part in vector.iter_mut() {
            *part *= factor;
        }
        vector[0] += 1.0;
    }
    -length
}

/// The reflection by a vector of [`reflector`].
fn reflect(by: &[f64], column: &mut [f64]) {
    add_times(-dot(by, column) / by[0], by, column);
}

/// The length of a vector, scaled by its largest entry so far, as in BLAS.
fn norm(vector: &[f64]) -> f64 {
    if let [only] = vector {
        return only.abs();
    }
    let (mut scale, mut squares) = (0.0, 1.0);
    for size in vector.iter().map(|part| part.abs()).filter(|&size| size != 0.0) {
        if scale < size {
            squares = 1.0 + squares * ((scale / size) * (scale / size));
            scale = size;
        } else {
            squares += (size / scale) * (size / scale);
        }
    }
    scale * squares.sqrt()
}

/// The plane rotation of BLAS that brings a vector onto the first axis.
struct Rotation {
    length: f64,
    cosine: f64,
    sine: f64,
}

impl Rotation {
    fn onto_first(a: f64, b: f64) -> Self {
        let scale = a.abs() + b.abs();
        if scale == 0.0 {
            return Self {
                length: 0.0,
                cosine: 1.0,
                sine: 0.0,
            };
        }
        let larger = if a.abs() > b.abs() { a } else { b };
        let length = (scale * ((a / scale) * (a / scale) + (b / scale) * (b / scale)).sqrt()).copysign(larger);
        Self {
            length,
            cosine: a / length,
            sine: b / length,
        }
    }

    fn columns(&self, columns: &mut Columns, first: usize, second: usize) {
        for row in 0..3 {
            let (a, b) = (columns[first][row], columns[second][row]);
            columns[first][row] = self.cosine * a + self.sine * b;
            columns[second][row] = self.cosine * b - self.sine * a;
        }
    }
}
