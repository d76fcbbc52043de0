/**
 * What PyYAML 6.0.3 makes of small documents, written down by it. Whole numbers are {int}, floats {float}, maps lists
 * of pairs; a date is only marked as one, with its text.
 */
export const pyyaml: readonly (readonly [text: string, value: unknown])[] = [
  ['a: y', {map: [['a', 'y']]}],
  ['a: n', {map: [['a', 'n']]}],
  ['a: Y', {map: [['a', 'Y']]}],
  ['y: 1', {map: [['y', {int: '1'}]]}],
  ['a: yes', {map: [['a', true]]}],
  ['a: No', {map: [['a', false]]}],
  ['a: ON', {map: [['a', true]]}],
  ['a: off', {map: [['a', false]]}],
  ['a: true', {map: [['a', true]]}],
  ['a: False', {map: [['a', false]]}],
  ['a: tRue', {map: [['a', 'tRue']]}],
  ["a: 'yes'", {map: [['a', 'yes']]}],
  ['a: 1e3', {map: [['a', '1e3']]}],
  ['a: 1.0e3', {map: [['a', '1.0e3']]}],
  ['a: 1.0e+3', {map: [['a', {float: 1000.0}]]}],
  ['a: 1.e+3', {map: [['a', {float: 1000.0}]]}],
  ['a: 08', {map: [['a', '08']]}],
  ['a: 0o17', {map: [['a', '0o17']]}],
  ['a: 0777', {map: [['a', {int: '511'}]]}],
  ['a: 0755', {map: [['a', {int: '493'}]]}],
  ['a: -010', {map: [['a', {int: '-8'}]]}],
  ['a: 0x1F', {map: [['a', {int: '31'}]]}],
  ['a: 0b101', {map: [['a', {int: '5'}]]}],
  ['a: 1_000', {map: [['a', {int: '1000'}]]}],
  ['a: +12', {map: [['a', {int: '12'}]]}],
  ['a: 1:30', {map: [['a', {int: '90'}]]}],
  ['a: 190:20:30', {map: [['a', {int: '685230'}]]}],
  ['a: 1:30.5', {map: [['a', {float: 90.5}]]}],
  ['a: 22:22', {map: [['a', {int: '1342'}]]}],
  ['a: 384.111', {map: [['a', {float: 384.111}]]}],
  ['a: 1.10', {map: [['a', {float: 1.1}]]}],
  ['a: 25.0', {map: [['a', {float: 25.0}]]}],
  ['a: 25', {map: [['a', {int: '25'}]]}],
  ['a: .5', {map: [['a', {float: 0.5}]]}],
  ['a: -.5', {map: [['a', '-.5']]}],
  ['a: 5.', {map: [['a', {float: 5.0}]]}],
  ['a: .inf', {map: [['a', {float: 'Infinity'}]]}],
  ['a: -.INF', {map: [['a', {float: '-Infinity'}]]}],
  ['a: .nan', {map: [['a', {float: 'NaN'}]]}],
  ['a: 17.06.2', {map: [['a', '17.06.2']]}],
  ['a: v1.9.9', {map: [['a', 'v1.9.9']]}],
  ['a: ~', {map: [['a', null]]}],
  ['a:', {map: [['a', null]]}],
  ['a: null', {map: [['a', null]]}],
  ['a: Null', {map: [['a', null]]}],
  ['a: nULL', {map: [['a', 'nULL']]}],
  ['a: None', {map: [['a', 'None']]}],
  ["a: '~'", {map: [['a', '~']]}],
  ["a: ''", {map: [['a', '']]}],
  ['a: 2018-01-01', {map: [['a', {timestamp: '2018-01-01'}]]}],
  ['a: 2018-1-1', {map: [['a', '2018-1-1']]}],
  ['a: 2001-12-14t21:59:43.10-05:00', {map: [['a', {timestamp: '2001-12-14t21:59:43.10-05:00'}]]}],
  ['a: 2001-12-14 21:59:43', {map: [['a', {timestamp: '2001-12-14 21:59:43'}]]}],
  ['a: 12345678901234567890123', {map: [['a', {int: '12345678901234567890123'}]]}],
  ['a: 9007199254740993', {map: [['a', {int: '9007199254740993'}]]}],
  ['a: 1_0.5', {map: [['a', {float: 10.5}]]}],
  ['a: _1', {map: [['a', '_1']]}],
  ['a: 0', {map: [['a', {int: '0'}]]}],
  ['a: -0', {map: [['a', {int: '0'}]]}],
  ['a: 00', {map: [['a', {int: '0'}]]}],
  ['a: 0.0', {map: [['a', {float: 0.0}]]}],
  ['a: !!str 1.10', {map: [['a', '1.10']]}],
  ["a: !!int '7'", {map: [['a', {int: '7'}]]}],
  ['a: !!float 3', {map: [['a', {float: 3.0}]]}],
  ['a: ! 12', {map: [['a', {int: '12'}]]}],
  ['1: a', {map: [[{int: '1'}, 'a']]}],
  ['1.5: a', {map: [[{float: 1.5}, 'a']]}],
  ['true: a', {map: [[true, 'a']]}],
  ['~: a', {map: [[null, 'a']]}],
  [
    '2: b\n1: a',
    {
      map: [
        [{int: '2'}, 'b'],
        [{int: '1'}, 'a'],
      ],
    },
  ],
  ["a: [1, 'x', {b: c}]", {map: [['a', [{int: '1'}, 'x', {map: [['b', 'c']]}]]]}],
  [
    'a: {b: , c: d}',
    {
      map: [
        [
          'a',
          {
            map: [
              ['b', null],
              ['c', 'd'],
            ],
          },
        ],
      ],
    },
  ],
  ['a: b#c', {map: [['a', 'b#c']]}],
  ['a: b #c', {map: [['a', 'b']]}],
  ['a: "\\u00e9\\n\\x41"', {map: [['a', 'é\nA']]}],
  ['a: |\n  one\n  two', {map: [['a', 'one\ntwo']]}],
  ['a: >-\n  one\n  two', {map: [['a', 'one two']]}],
  ['- a\n- 1', ['a', {int: '1'}]],
  [
    'a: &x {b: 1}\nc: *x',
    {
      map: [
        ['a', {map: [['b', {int: '1'}]]}],
        ['c', {map: [['b', {int: '1'}]]}],
      ],
    },
  ],
  [
    'a: &x {b: 1, d: 2}\nc:\n  <<: *x\n  b: 3',
    {
      map: [
        [
          'a',
          {
            map: [
              ['b', {int: '1'}],
              ['d', {int: '2'}],
            ],
          },
        ],
        [
          'c',
          {
            map: [
              ['b', {int: '3'}],
              ['d', {int: '2'}],
            ],
          },
        ],
      ],
    },
  ],
  [
    'a: &x {b: 1}\ne: &y {b: 2, f: 3}\nc:\n  <<: [*x, *y]',
    {
      map: [
        ['a', {map: [['b', {int: '1'}]]}],
        [
          'e',
          {
            map: [
              ['b', {int: '2'}],
              ['f', {int: '3'}],
            ],
          },
        ],
        [
          'c',
          {
            map: [
              ['b', {int: '1'}],
              ['f', {int: '3'}],
            ],
          },
        ],
      ],
    },
  ],
  ['plain text', 'plain text'],
  ['"quoted"', 'quoted'],
  ['# only a comment', null],
  ['a: 1\na: 2', {map: [['a', {int: '2'}]]}],
  ['a: https://x.org:80/y', {map: [['a', 'https://x.org:80/y']]}],
  ['a: 10.0.0.1', {map: [['a', '10.0.0.1']]}],
  ["a: 'it''s'", {map: [['a', "it's"]]}],
];
