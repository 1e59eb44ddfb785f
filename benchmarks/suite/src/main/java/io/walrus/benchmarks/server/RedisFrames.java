package io.walrus.benchmarks.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// RESP, the protocol of Redis, as far as streams need it. An entry's offset is its id: Redis gives none, so those that
/// are to be fetched are put with ids, which begin at 0-1.
final class RedisFrames implements LoadProtocol {
    private static final int LINE_END_BYTES = 2;
    private static final String FILL =
            "for i = 1, ARGV[1] do redis.call('XADD', KEYS[1], '0-' .. i, 'p', ARGV[2]) end return 1";

    /// Makes the group that GET reads as; the server refuses if it is there already.
    @Override
    public long prepare(InetSocketAddress address, String topic) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(ByteBuffer.wrap(command("XGROUP", "CREATE", topic, "readers", "0", "MKSTREAM")));
            channel.read(ByteBuffer.allocate(1024));
        }
        return 0;
    }

    @Override
    public byte[] put(String topic, byte[] payload) {
        return command("XADD", topic, "*", "p", payload);
    }

    @Override
    public byte[] fill(String topic, byte[] payload, long entries) {
        return command("EVAL", FILL, 1, topic, entries, payload);
    }

    @Override
    public long fillTimes(long entries) {
        return 1;
    }

    @Override
    public byte[] get(String topic) {
        return command("XREADGROUP", "GROUP", "readers", "one", "COUNT", 1, "NOACK", "STREAMS", topic, ">");
    }

    @Override
    public byte[] fetch(String topic, long segment, long offset) {
        String id = "0-" + (offset + 1);
        return command("XRANGE", topic, id, id);
    }

    /// Replies nest: an array announces how many more values belong to it.
    @Override
    public Found skipReply(ByteBuffer in) {
        int at = in.position();
        long values = 1;
        Found found = Found.DONE;
        while (values > 0) {
            int end = lineEnd(in, at);
            if (end < 0) {
                return Found.INCOMPLETE;
            }
            values--;
            byte kind = in.get(at);
            if (kind == '-') {
                found = Found.ERROR;
            } else if (kind == '*' || kind == '$') {
                long number = number(in, at + 1, end);
                if (number < 0 || (kind == '*' && number == 0)) {
                    found = Found.EMPTY;
                } else if (kind == '*') {
                    values += number;
                } else {
                    end += (int) number + LINE_END_BYTES;
                }
            }
            at = end + LINE_END_BYTES;
            if (at > in.limit()) {
                return Found.INCOMPLETE;
            }
        }
        in.position(at);
        return found;
    }

    private static int lineEnd(ByteBuffer in, int from) {
        for (int at = from; at + 1 < in.limit(); at++) {
            if (in.get(at) == '\r') {
                return at;
            }
        }
        return -1;
    }

    private static long number(ByteBuffer in, int from, int to) {
        if (in.get(from) == '-') {
            return -1;
        }
        long value = 0;
        for (int at = from; at < to; at++) {
            value = value * 10 + in.get(at) - '0';
        }
        return value;
    }

    /// A command.
    ///
    /// @param words byte arrays, and what is sent as its text
    private static byte[] command(Object... words) {
        StringBuilder out = new StringBuilder("*" + words.length + "\r\n");
        for (Object word : words) {
            String text = word instanceof byte[] bytes ? new String(bytes, ISO_8859_1) : word.toString();
            out.append("$" + text.length() + "\r\n" + text + "\r\n");
        }
        return out.toString().getBytes(ISO_8859_1);
    }
}
