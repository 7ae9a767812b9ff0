// A button that the server would refuse for a while: it counts down beside it, then it is free.
function enhance(root) {
  for (const button of root.querySelectorAll("[data-wait]")) {
    const said = button.parentElement.querySelector("[data-wait-said]");
    const free = Date.now() + button.dataset.wait * 1000;
    const figures = new Intl.NumberFormat(document.documentElement.lang);
    const words = button.dataset.waitWords;
    delete button.dataset.wait;
    const tell = () => {
      const left = Math.ceil((free - Date.now()) / 1000);
      button.disabled = left > 0;
      said.textContent = left > 0 ? words.replace("{}", figures.format(left)) : "";
      if (left > 0) setTimeout(tell, 1000);
    };
    tell();
  }
}

enhance(document);
document.addEventListener("mikhak:fresh", ({ target }) => enhance(target));
