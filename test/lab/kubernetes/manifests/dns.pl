# A name server that knows one name, $NAME, whose address is $ADDRESS. One process: where one is started for each question,
# a busy computer falls behind, and then answers nobody but those who have given up.
use strict;
use warnings;
use IO::Socket::INET;

my $socket = IO::Socket::INET->new(LocalPort => $ENV{PORT} // 53, Proto => 'udp') or die "It cannot listen: $!\n";
# As questions have it: each label after its length, and nothing at the end.
my $name = join('', map { chr(length) . $_ } split /\./, $ENV{NAME}) . "\0";
my $address = pack 'C4', split /\./, $ENV{ADDRESS};
while (1) {
    my $peer = $socket->recv(my $asked, 512);
    next unless defined $peer && length $asked > 12;
    # Its name, type and class; what the one who asks can take (EDNS) may come after it.
    my $question = substr($asked, 12, index($asked, "\0", 12) + 5 - 12);
    my $code = index($question, $name) == 0 ? 0x8180 : 0x8183;
    my $answer = $question eq $name . pack('n2', 1, 1) ? pack('n3 N n', 0xc00c, 1, 1, 5, 4) . $address : '';
    $socket->send(substr($asked, 0, 2) . pack('n5', $code, 1, $answer ? 1 : 0, 0, 0) . $question . $answer, 0, $peer);
}
