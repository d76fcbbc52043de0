import {expect, test} from 'vitest';
import {portsIn} from '../../../src/engine/machines/facts/ports.ts';
import {answerOf} from './answer-of.ts';

// The same five sockets, asked in three ways on one machine.
const recorded = {
  'ports-ss': `
Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess                           
udp   UNCONN 0      0            0.0.0.0:44076      0.0.0.0:*    users:(("python3",pid=3023,fd=5))
udp   UNCONN 0      0                  *:49550            *:*    users:(("python3",pid=3023,fd=6))
tcp   LISTEN 0      128          0.0.0.0:2024       0.0.0.0:*                                     
tcp   LISTEN 0      128        127.0.0.1:38077      0.0.0.0:*    users:(("python3",pid=3023,fd=3))
tcp   LISTEN 0      128            [::1]:51037         [::]:*    users:(("python3",pid=3023,fd=4))`,
  'ports-netstat': `
Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
tcp        0      0 0.0.0.0:2024            0.0.0.0:*               LISTEN      -                   
tcp        0      0 127.0.0.1:38077         0.0.0.0:*               LISTEN      3023/python3        
tcp6       0      0 ::1:51037               :::*                    LISTEN      3023/python3        
udp        0      0 0.0.0.0:44076           0.0.0.0:*                           3023/python3        
udp6       0      0 :::49550                :::*                                3023/python3        `,
  'ports-proc': `
tcp 00000000:07E8
tcp 0100007F:94BD
tcp 00000000000000000000000001000000:C75D
udp 00000000:AC2C
udp 00000000000000000000000000000000:C18E`,
};
const sockets = (process: object, any: string) => [
  {port: 2024, protocol: 'tcp', address: '0.0.0.0'},
  {port: 38077, protocol: 'tcp', address: '127.0.0.1', ...process},
  {port: 44076, protocol: 'udp', address: '0.0.0.0', ...process},
  {port: 49550, protocol: 'udp', address: any, ...process},
  {port: 51037, protocol: 'tcp', address: '::1', ...process},
];

test.each([
  ['ports-ss', 'ss of iproute2 6.1', {process: 'python3'}, '*'],
  ['ports-netstat', 'netstat of net-tools 2.10', {process: 'python3'}, '::'],
  ['ports-proc', 'the tables of Linux 6', {}, '::'],
] as const)('%s, recorded: %s', (section, _, process, any) => {
  expect(portsIn(answerOf({[section]: recorded[section]}))).toEqual(sockets(process, any));
});

test('ss of iproute2 4.3, as in Ubuntu 16.04 (not recorded: written after its source)', () => {
  const lines = `
Netid State      Recv-Q Send-Q Local Address:Port               Peer Address:Port              
udp   UNCONN     0      0      127.0.0.53%lo:53                       *:*                   users:(("systemd-resolve",pid=700,fd=12))
tcp   LISTEN     0      128       *:22                    *:*                   users:(("sshd",pid=1165,fd=3))
tcp   LISTEN     0      128      :::22                   :::*                   users:(("sshd",pid=1165,fd=4))`;
  expect(portsIn(answerOf({'ports-ss': lines}))).toEqual([
    {port: 22, protocol: 'tcp', address: '*', process: 'sshd'},
    {port: 22, protocol: 'tcp', address: '::', process: 'sshd'},
    {port: 53, protocol: 'udp', address: '127.0.0.53', process: 'systemd-resolve'},
  ]);
});

test('an IPv6 address of the kernel is written as RFC 5952 says', () => {
  const ports = portsIn(
    answerOf({'ports-proc': 'tcp 000000FD00000000000000000200A8C0:0016\ntcp B80D0120000000000000000001000000:0017'}),
  );
  expect(ports.map(({address}) => address)).toEqual(['fd00::c0a8:2', '2001:db8::1']);
});

test('one socket that is listed twice is one', () => {
  expect(portsIn(answerOf({'ports-proc': 'tcp 00000000:0016\ntcp 00000000:0016'}))).toHaveLength(1);
});
