package io.walrus.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// RESP, the protocol of Redis, as far as streams need it.
final class RedisFrames implements LoadProtocol {
    private static final byte[] XADD = ascii("*5\r\n$4\r\nXADD\r\n");
    private static final byte[] FIELD = ascii("$1\r\np\r\n");
    private static final byte[] XRANGE = ascii("*4\r\n$6\r\nXRANGE\r\n");
    private static final byte[] LINE_END = ascii("\r\n");
    private static final byte[] ID_PREFIX = ascii("0-");

    @Override
    public long prepare(InetSocketAddress address, String topic) throws IOException {
        try (RespClient client = new RespClient(address)) {
            client.call("XGROUP", "CREATE", topic, "readers", "0", "MKSTREAM");
        } catch (RespClient.Refusal _) {
            // The group is there already.
        }
        return 0;
    }

    @Override
    public byte[] put(String topic, byte[] payload) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(128 + name.length + payload.length);
        out.put(XADD);
        bulk(out, name);
        bulk(out, ascii("*"));
        out.put(FIELD);
        bulk(out, payload);
        return taken(out);
    }

    @Override
    public byte[] get(String topic) {
        return command("XREADGROUP", "GROUP", "readers", "one", "COUNT", "1", "NOACK", "STREAMS", topic, ">");
    }

    @Override
    public boolean offsetsAreGiven() {
        return true;
    }

    /// Ids begin at 0-1: Redis has no 0-0.
    @Override
    public void putAt(ByteBuffer out, byte[] topic, long offset, byte[] payload) {
        out.put(XADD);
        bulk(out, topic);
        id(out, offset);
        out.put(FIELD);
        bulk(out, payload);
    }

    @Override
    public void fetch(ByteBuffer out, byte[] topic, long segment, long offset) {
        out.put(XRANGE);
        bulk(out, topic);
        id(out, offset);
        id(out, offset);
    }

    /// Replies nest: an array announces how many more values belong to it.
    @Override
    public Found skipReply(ByteBuffer in) {
        int start = in.position();
        int at = start;
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
                    end += (int) number + LINE_END.length;
                }
            }
            at = end + LINE_END.length;
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

    private static void id(ByteBuffer out, long offset) {
        out.put((byte) '$');
        LoadProtocol.decimal(out, ID_PREFIX.length + LoadProtocol.digits(offset + 1));
        out.put(LINE_END).put(ID_PREFIX);
        LoadProtocol.decimal(out, offset + 1);
        out.put(LINE_END);
    }

    private static void bulk(ByteBuffer out, byte[] bytes) {
        out.put((byte) '$');
        LoadProtocol.decimal(out, bytes.length);
        out.put(LINE_END).put(bytes).put(LINE_END);
    }

    private static byte[] command(String... words) {
        ByteBuffer out = ByteBuffer.allocate(4096);
        out.put((byte) '*');
        LoadProtocol.decimal(out, words.length);
        out.put(LINE_END);
        for (String word : words) {
            bulk(out, word.getBytes(StandardCharsets.UTF_8));
        }
        return taken(out);
    }

    private static byte[] taken(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
