package io.walrus.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Frames of `[u32 little-endian length][command]`.
final class WalrusWire implements Wire {
    private static final int HEADER_BYTES = 4;
    private static final byte[] FETCH = "FETCH ".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern CURRENT_SEGMENT = Pattern.compile("\"current_segment\"\\s*:\\s*(\\d+)");

    @Override
    public byte[] create(String topic) {
        return frame("REGISTER " + topic, new byte[0]);
    }

    @Override
    public byte[] put(String topic, byte[] payload) {
        return frame("PUT " + topic + ' ', payload);
    }

    @Override
    public byte[] get(String topic) {
        return frame("GET " + topic, new byte[0]);
    }

    @Override
    public boolean offsetsAreGiven() {
        return false;
    }

    @Override
    public void putAt(ByteBuffer out, byte[] topic, long offset, byte[] payload) {
        throw new UnsupportedOperationException("the node gives the offsets");
    }

    @Override
    public long segment(BlockingCalls calls, String topic) throws IOException {
        String reply = calls.call(frame("STATE " + topic, new byte[0]));
        Matcher segment = CURRENT_SEGMENT.matcher(reply);
        if (!segment.find()) {
            throw new IOException("STATE " + topic + " answered without a current_segment: " + reply);
        }
        return Long.parseLong(segment.group(1));
    }

    @Override
    public void fetch(ByteBuffer out, byte[] topic, long segment, long offset) {
        int start = out.position();
        out.position(start + HEADER_BYTES);
        out.put(FETCH).put(topic).put((byte) ' ');
        Wire.decimal(out, segment);
        out.put((byte) ' ');
        Wire.decimal(out, offset);
        int length = out.position() - start - HEADER_BYTES;
        out.order(ByteOrder.LITTLE_ENDIAN).putInt(start, length);
    }

    @Override
    public Found skipReply(ByteBuffer in) {
        if (in.remaining() < HEADER_BYTES) {
            return Found.INCOMPLETE;
        }
        int start = in.position();
        int length = in.order(ByteOrder.LITTLE_ENDIAN).getInt(start);
        if (in.remaining() - HEADER_BYTES < length) {
            return Found.INCOMPLETE;
        }
        in.position(start + HEADER_BYTES + length);
        if (length < 2) {
            return Found.ERROR;
        }
        return switch (in.get(start + HEADER_BYTES)) {
            case 'O' -> Found.DONE;
            case 'E' -> in.get(start + HEADER_BYTES + 1) == 'M' ? Found.EMPTY : Found.ERROR;
            default -> Found.ERROR;
        };
    }

    private static byte[] frame(String head, byte[] payload) {
        byte[] bytes = head.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEADER_BYTES + bytes.length + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length + payload.length)
                .put(bytes)
                .put(payload)
                .array();
    }
}
