/* What the page asks of its server. A refusal is thrown as {zh, en}, like every fault of the page. */

const MOST_SAID = 3; // faults of one refusal that are shown

/** The answer's JSON; null where there is none. `more` are further headers. */
export async function askJson(method, path, body = undefined, more = {}) {
  const answer = await asked(method, path, body, more);
  return answer.status === 204 ? null : answer.json();
}

/** The answer's bytes. */
export async function askBytes(method, path, body) {
  return (await asked(method, path, body, {})).arrayBuffer();
}

async function asked(method, path, body, more) {
  const headers = body === undefined ? more : { "content-type": "application/json", ...more };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) })
    .catch(() => { throw serverIsGone(); });
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

const serverIsGone = () => ({
  zh: "连不上服务器：它可能已停止。已存的情景不会丢失，重新启动 planning serve 后刷新本页",
  en: "the server does not answer; it may have ended. Saved scenarios are kept: start planning serve again and reload",
});

async function refusalOf(answer) {
  const said = (await answer.json().catch(() => null))?.error;
  if (!said) return { zh: `服务器答复 ${answer.status}`, en: `the server answered ${answer.status}` };
  const all = [said, ...said.others].slice(0, MOST_SAID);
  return {
    zh: all.map((one) => `${one.where}：${one.found_zh}；应为${one.expected_zh}；${one.to_do_zh}`).join("\n"),
    en: all.map((one) => `${one.where}: found ${one.found_en}; expected ${one.expected_en}; ${one.to_do_en}`).join("\n"),
  };
}
