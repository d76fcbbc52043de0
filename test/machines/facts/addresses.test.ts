import {expect, test} from 'vitest';
import {addressesIn} from '../../../src/engine/machines/facts/addresses.ts';
import {answerOf} from './answer-of.ts';

const both = [
  {device: 'eth0', address: '192.0.2.2'},
  {device: 'eth0', address: 'fd00::2'},
];

test.each([
  [
    'ip of busybox 1.35',
    'address-ip',
    `
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever preferred_lft forever
4: eth0    inet6 fd00::2/64 scope global flags 02 \\       valid_lft forever preferred_lft forever
4: eth0    inet6 fe80::fc:ff:fe00:1/64 scope link \\       valid_lft forever preferred_lft forever`,
  ],
  [
    'ifconfig of net-tools 2.10',
    'address-ifconfig',
    `
eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1400
        inet 192.0.2.2  netmask 255.255.255.0  broadcast 192.0.2.255
        inet6 fe80::fc:ff:fe00:1  prefixlen 64  scopeid 0x20<link>
        inet6 fd00::2  prefixlen 64  scopeid 0x0<global>
        ether 02:fc:00:00:00:01  txqueuelen 1000  (Ethernet)
        RX packets 43869  bytes 1613706048 (1.5 GiB)

lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536
        inet 127.0.0.1  netmask 255.0.0.0
        inet6 ::1  prefixlen 128  scopeid 0x10<host>`,
  ],
  [
    'ifconfig of busybox 1.35',
    'address-ifconfig',
    `
eth0      Link encap:Ethernet  HWaddr 02:FC:00:00:00:01  
          inet addr:192.0.2.2  Bcast:192.0.2.255  Mask:255.255.255.0
          inet6 addr: fe80::fc:ff:fe00:1/64 Scope:Link
          inet6 addr: fd00::2/64 Scope:Global
          UP BROADCAST RUNNING MULTICAST  MTU:1400  Metric:1

lo        Link encap:Local Loopback  
          inet addr:127.0.0.1  Mask:255.0.0.0
          inet6 addr: ::1/128 Scope:Host`,
  ],
])('recorded: %s', (_, section, text) => {
  expect(addressesIn(answerOf({[section]: text}))).toEqual(both);
});
