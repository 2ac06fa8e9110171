// Keys go to the review as soon as it is shown: the terminal listens only while its input has the focus.
const focusTerminal = () => {
  if (document.body.classList.contains("-first-byte")) document.querySelector(".xterm-helper-textarea")?.focus();
};
window.addEventListener("focus", focusTerminal);
window.addEventListener("load", () => new MutationObserver(focusTerminal).observe(document.body, { attributeFilter: ["class"] }));
