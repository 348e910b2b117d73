// The token, and every call to the desk. It lives in this tab alone: never in a cookie, and
// never in a URL that is sent, because what follows # stays in the browser.

const KEPT = "orderdesk-token";

export function takeTokenFromAddress() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!found) return;
  keepToken(found);
  history.replaceState(null, "", location.pathname);
}

export function keepToken(token) {
  sessionStorage.setItem(KEPT, token);
}

export function forgetToken() {
  sessionStorage.removeItem(KEPT);
}

export function token() {
  return sessionStorage.getItem(KEPT);
}

/** Call a route; return its body, or throw an Error that says what the desk said. */
export async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: headers(body === undefined ? {} : { "Content-Type": "application/json" }),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = await answer.json();
  if (said.ok) return said;
  const error = new Error(said.error);
  error.status = answer.status;
  throw error;
}

export function headers(more = {}) {
  return { Authorization: `Bearer ${token()}`, ...more };
}
