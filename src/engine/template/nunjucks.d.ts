/**
 * The parts of nunjucks that we build on. Its own types describe only the Environment, which we do not use. Declared as
 * classes, since we extend them; members are those that we call or replace.
 */
declare module 'nunjucks' {
  interface Token {
    readonly type: string;
    readonly value: string;
    /** Both counted from 0. */
    readonly lineno: number;
    readonly colno: number;
  }

  class Tokenizer {
    constructor(source: string, options?: object);
    readonly str: string;
    index: number;
    readonly len: number;
    lineno: number;
    colno: number;
    in_code: boolean;
    nextToken(): Token | null;
    forwardN(count: number): void;
    isFinished(): boolean;
  }

  class Node {
    constructor(lineno: number, colno: number, ...fields: unknown[]);
    readonly lineno: number;
    readonly colno: number;
    readonly typename: string;
    readonly fields: readonly string[];
    static extend(name: string, members?: {readonly fields: readonly string[]}): typeof Node;
  }

  class Parser {
    constructor(tokens: Tokenizer);
    readonly tokens: Tokenizer;
    nextToken(withWhitespace?: boolean): Token;
    peekToken(): Token;
    pushToken(token: Token): void;
    skip(type: string): boolean;
    skipValue(type: string, value: string): boolean;
    skipSymbol(value: string): boolean;
    expect(type: string): Token;
    fail(message: string, lineno?: number, colno?: number): never;
  }

  class Compiler {
    constructor(name: string);
    codebuf: string[];
    compile(node: {readonly typename: string}, frame: unknown): void;
    fail(message: string, lineno?: number, colno?: number): never;
    getCode(): string;
    _emit(code: string): void;
    _emitLine(code: string): void;
    _tmpid(): string;
  }

  /** What the parser and the compiler throw; both places counted from 1. */
  class TemplateError extends Error {
    constructor(message: string, lineno?: number, colno?: number);
    readonly lineno?: number;
    readonly colno?: number;
  }

  const nunjucks: {
    readonly lexer: {lex(source: string, options?: object): Tokenizer};
    readonly parser: {readonly Parser: typeof Parser};
    readonly compiler: {readonly Compiler: typeof Compiler};
    readonly lib: {readonly TemplateError: typeof TemplateError};
    readonly nodes: Readonly<
      Record<
        | 'Add'
        | 'And'
        | 'Array'
        | 'Block'
        | 'Compare'
        | 'CompareOperand'
        | 'Concat'
        | 'Dict'
        | 'Div'
        | 'Extends'
        | 'FloorDiv'
        | 'For'
        | 'FromImport'
        | 'FunCall'
        | 'If'
        | 'Import'
        | 'Include'
        | 'InlineIf'
        | 'Literal'
        | 'LookupVal'
        | 'Macro'
        | 'Mod'
        | 'Mul'
        | 'Neg'
        | 'Node'
        | 'Not'
        | 'Or'
        | 'Output'
        | 'Pair'
        | 'Pos'
        | 'Pow'
        | 'Root'
        | 'Sub'
        | 'Symbol'
        | 'TemplateData',
        typeof Node
      >
    >;
  };
  export default nunjucks;
  export type {Token};
}
