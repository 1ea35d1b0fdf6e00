/** The server's no, or the wire's: `code` for programs, `text` for people. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} text
   */
  constructor(code, text) {
    super(text);
    this.code = code;
    this.text = text;
  }
}
