// Pinyin initials without a dictionary: ICU already sorts Chinese by pinyin, so the first character of each letter's range
// tells the letter of any other. (`订单服务` is found by `ddfw`.)
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀";
const LETTERS = "abcdefghjklmnopqrstwxyz";
const collator = new Intl.Collator("zh-CN-u-co-pinyin");

function initial(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return character.toLowerCase();
  let found = "";
  for (let at = 0; at < FIRSTS.length; at += 1) {
    if (collator.compare(FIRSTS.charAt(at), character) > 0) break;
    found = LETTERS.charAt(at);
  }
  return found;
}

export function initials(text: string): string {
  return [...text].map(initial).join("").replace(/\s+/g, "");
}

/** Whether `text` is meant by what was typed: a part of it, or of its initials. */
export function matches(text: string, typed: string): boolean {
  const needle = typed.trim().toLowerCase();
  if (needle === "") return true;
  return text.toLowerCase().includes(needle) || initials(text).includes(needle.replace(/\s+/g, ""));
}
