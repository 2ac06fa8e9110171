// Shows the picture of a network; a click, Enter or space selects a circle or a line. All text comes from the picture,
// in which names are escaped, or is set as text.
const SVG = "http://www.w3.org/2000/svg";

function render({ model, el }) {
  const box = document.createElement("div");
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.style.fontSize = "90%";
  el.append(box, status);

  const draw = () => {
    box.innerHTML = model.get("picture");
    const svg = box.querySelector("svg");
    if (!svg) return;
    svg.setAttribute("role", "group");
    svg.style.maxWidth = "100%";
    svg.style.height = "auto";
    model.get("parts").forEach((part) => prepare(svg, part));
    show();
  };

  const prepare = (svg, part) => {
    const drawn = svg.querySelector(`[id="${part.id}"]`);
    if (!drawn) return;
    const title = document.createElementNS(SVG, "title");
    title.textContent = part.label;
    drawn.prepend(title);
    drawn.setAttribute("tabindex", "0");
    drawn.setAttribute("role", "button");
    drawn.style.cursor = "pointer";
    drawn.addEventListener("click", (event) => select(part.codes, event.shiftKey));
    drawn.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      select(part.codes, event.shiftKey);
    });
  };

  // Selecting what is selected again clears the selection; with Shift, codes are added.
  const select = (codes, isAdded) => {
    const before = model.get("selected");
    const isSame = before.length === codes.length && codes.every((code) => before.includes(code));
    const added = [...before, ...codes.filter((code) => !before.includes(code))];
    model.set("selected", isAdded ? added : isSame ? [] : codes);
    model.save_changes();
  };

  const show = () => {
    const selected = model.get("selected");
    model.get("parts").forEach((part) => {
      const drawn = box.querySelector(`[id="${part.id}"]`);
      if (!drawn) return;
      const isSelected = part.codes.every((code) => selected.includes(code));
      drawn.style.opacity = selected.length && !isSelected ? "0.25" : "1";
      drawn.setAttribute("aria-pressed", String(selected.length > 0 && isSelected));
    });
    status.textContent = selected.length
      ? `selected: ${selected.join(", ")}`
      : "Click a circle or a line to select codes; Shift adds to them.";
  };

  model.on("change:picture", draw);
  model.on("change:selected", show);
  draw();
  return () => {
    model.off("change:picture", draw);
    model.off("change:selected", show);
  };
}

export default { render };
