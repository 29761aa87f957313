// What is loading or loaded, as text; never as markup.

export function mount({ element, props, watch }) {
  const line = element.querySelector(".zs-status");
  function tell() {
    const { state = "loading", text = "" } = props.value ?? {};
    line.dataset.state = state;
    line.textContent = text;
  }
  watch("value", tell);
  tell();
}
