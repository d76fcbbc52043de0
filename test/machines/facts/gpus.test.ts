import {describe, expect, test} from 'vitest';
import {gpusIn} from '../../../src/engine/machines/facts/gpus.ts';
import {answerOf} from './answer-of.ts';

// Cards are not to be had here: replies of nvidia-smi, and these of lspci, are written after the documentation of
// nvidia-smi's queries and after pciutils' and the kernel's formats. Recorded ones are further below.
const smi = `
00000000:3B:00.0, 16160, 470.82.01, Tesla V100-PCIE-16GB
00000000:5E:00.0, 16160, 470.82.01, Tesla V100-PCIE-16GB`;
const lspci = `
0000:00:02.0 VGA compatible controller [0300]: ASPEED Technology, Inc. ASPEED Graphics Family [1a03:2000] (rev 41)
0000:3b:00.0 3D controller [0302]: NVIDIA Corporation GV100GL [Tesla V100 PCIe 16GB] [10de:1db4] (rev a1)
0000:5e:00.0 3D controller [0302]: NVIDIA Corporation GV100GL [Tesla V100 PCIe 16GB] [10de:1db4] (rev a1)
0000:5e:00.1 Audio device [0403]: NVIDIA Corporation TU102 High Definition Audio Controller [10de:10f7] (rev a1)`;
const sys = (driver: string) => `
0000:00:02.0 0x030000 0x1a03 0x2000 ast
0000:3b:00.0 0x030200 0x10de 0x1db4 ${driver}
0000:5e:00.0 0x030200 0x10de 0x1db4 ${driver}`;
const has = {has: 'nvidia-smi', 'nvidia-smi-exit': '0'};
const model = 'Tesla V100-PCIE-16GB';
const memory = 16160 * 1024 ** 2;

describe('GPUs on the bus of recorded machines', () => {
  // Printed by lspci 3.9.0 -D -nn from the dumps of machines in its own tests, and from what hwloc 2.9.0 recorded of
  // others (tests/hwloc/xml/32em64t-2n8c2t-pci-wholeio.xml): all lines that name NVIDIA or AMD.
  test.each<[string, string, readonly (readonly [string, string])[]]>([
    [
      'tests/tree-asus-p6t6 of pciutils, whose bridge and audio are by NVIDIA, too',
      `
0000:02:00.0 PCI bridge [0604]: NVIDIA Corporation NF200 PCIe 2.0 switch [10de:05b1] (rev a3)
0000:06:00.0 VGA compatible controller [0300]: NVIDIA Corporation GT218 [GeForce 210] [10de:0a65] (rev a2)
0000:06:00.1 Audio device [0403]: NVIDIA Corporation High Definition Audio Controller [10de:0be3] (rev a1)`,
      [['0000:06:00.0', 'GeForce 210']],
    ],
    [
      'tests/cap-exp-lnkcap2 of pciutils',
      '0000:02:00.0 3D controller [0302]: NVIDIA Corporation GP108M [GeForce MX150] [10de:1d10] (rev a1)',
      [['0000:02:00.0', 'GeForce MX150']],
    ],
    [
      'tests/cap-rebar of pciutils',
      '0000:09:00.0 VGA compatible controller [0300]: Advanced Micro Devices, Inc. [AMD/ATI] Fiji [Radeon R9 FURY / NANO Series] [1002:7300] (rev ca)',
      [['0000:09:00.0', 'Radeon R9 FURY / NANO Series']],
    ],
    [
      'a server that hwloc knows, with cards of both',
      `
0000:03:00.0 3D controller [0302]: NVIDIA Corporation GF110GL [Tesla M2075] [10de:1094] (rev a1)
0000:05:03.0 VGA compatible controller [0300]: Matrox Electronics Systems Ltd. MGA G200eW WPCM450 [102b:0532] (rev 0a)
0000:83:00.0 3D controller [0302]: NVIDIA Corporation GF110GL [Tesla M2075] [10de:1094] (rev a1)
0000:84:00.0 3D controller [0302]: NVIDIA Corporation GF110GL [Tesla M2075] [10de:1094] (rev a1)
0000:84:00.1 VGA compatible controller [0300]: Advanced Micro Devices, Inc. [AMD/ATI] Tahiti XT [Radeon HD 7970/8970 OEM / R9 280X] [1002:6798]`,
      [
        ['0000:03:00.0', 'Tesla M2075'],
        ['0000:83:00.0', 'Tesla M2075'],
        ['0000:84:00.0', 'Tesla M2075'],
        ['0000:84:00.1', 'Radeon HD 7970/8970 OEM / R9 280X'],
      ],
    ],
  ])('%s', (_machine, recorded, cards) => {
    const {gpus} = gpusIn(answerOf({lspci: recorded}));
    expect(gpus.map(({slot, model: name}) => [slot, name])).toEqual(cards);
  });
});

describe('GPUs (not recorded: written after the documentation)', () => {
  test('that the driver has, with what nvidia-smi says of them', () => {
    expect(gpusIn(answerOf({...has, 'nvidia-smi': smi, lspci, pci: sys('nvidia')}))).toEqual({
      driver: '470.82.01',
      gpus: [
        {slot: '0000:3b:00.0', model, memory, driven: true},
        {slot: '0000:5e:00.0', model, memory, driven: true},
      ],
    });
  });

  test('one that nvidia-smi no longer lists is on the bus and not driven', () => {
    const [first = ''] = smi.trim().split('\n');
    const {gpus} = gpusIn(answerOf({...has, 'nvidia-smi': first, lspci, pci: sys('nvidia')}));
    expect(gpus).toEqual([
      {slot: '0000:3b:00.0', model, memory, driven: true},
      {slot: '0000:5e:00.0', model: 'Tesla V100 PCIe 16GB', driven: false},
    ]);
  });

  test('none is driven where nvidia-smi cannot reach the driver', () => {
    const text =
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.";
    const {gpus, driver} = gpusIn(
      answerOf({has: 'nvidia-smi', 'nvidia-smi-exit': '9', 'nvidia-smi': text, pci: sys('nouveau')}),
    );
    expect(gpus.map(({driven}) => driven)).toEqual([false, false]);
    expect(driver).toBeUndefined();
  });

  test('the kernel says which are driven where there is no nvidia-smi, or where it hangs', () => {
    expect(gpusIn(answerOf({pci: sys('nvidia'), lspci})).gpus).toEqual([
      {slot: '0000:3b:00.0', model: 'Tesla V100 PCIe 16GB', driven: true},
      {slot: '0000:5e:00.0', model: 'Tesla V100 PCIe 16GB', driven: true},
    ]);
    expect(gpusIn(answerOf({has: 'nvidia-smi', hung: 'nvidia-smi', pci: sys('nvidia')})).gpus[0]?.driven).toBe(true);
    expect(gpusIn(answerOf({pci: sys('vfio-pci')})).gpus[0]).toEqual({
      slot: '0000:3b:00.0',
      model: 'NVIDIA card',
      driven: false,
    });
  });

  test('a value that nvidia-smi cannot tell is absent', () => {
    const {gpus} = gpusIn(answerOf({...has, 'nvidia-smi': '00000000:3B:00.0, [N/A], [N/A], [Unknown Error]', lspci}));
    expect(gpus[0]).toEqual({slot: '0000:3b:00.0', model: 'Tesla V100 PCIe 16GB', driven: true});
  });

  test('cards of AMD are driven by amdgpu', () => {
    const {gpus} = gpusIn(
      answerOf({
        pci: '0000:c1:00.0 0x038000 0x1002 0x740f amdgpu',
        lspci:
          '0000:c1:00.0 Display controller [0380]: Advanced Micro Devices, Inc. [AMD/ATI] Aldebaran/MI200 [Instinct MI210] [1002:740f] (rev 02)',
      }),
    );
    expect(gpus).toEqual([{slot: '0000:c1:00.0', model: 'Instinct MI210', driven: true}]);
  });
});
