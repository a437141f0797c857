
// A click on the head of a column sorts its table: by numbers where both cells begin with one, else by words.
function sorting(table) {
  const heads = [...table.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    head.tabIndex = 0;
    const sort = () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = table.querySelector("tbody");
      const key = (row) => row.children[column].textContent.trim();
      const rows = [...body.children].sort((one, other) => {
        const [a, b] = [key(one), key(other)];
        const [x, y] = [parseFloat(a.replace("<", "")), parseFloat(b.replace("<", ""))];
        const order = Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "en") : x - y;
        return up ? order : -order;
      });
      body.append(...rows);
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => {
      if (event.key === "Enter") sort();
    });
  });
}

if (typeof document !== "undefined") document.querySelectorAll("table.sorts").forEach(sorting);
