package io.walrus.benchmarks.load;

import io.walrus.benchmarks.server.TopicFigures;
import io.walrus.protocol.Frames;
import io.walrus.protocol.Request;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The frames of Walrus' protocol.
final class WalrusFrames implements LoadProtocol {
    private static final byte[] FETCH = "FETCH ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public long prepare(InetSocketAddress address, String topic) throws IOException {
        try (Wire wire = Wire.to(address)) {
            wire.ask("REGISTER " + topic);
            return TopicFigures.of(wire.ask("STATE " + topic)).current();
        }
    }

    @Override
    public byte[] put(String topic, byte[] payload) {
        return frame(new Request.Put(topic, ByteBuffer.wrap(payload)), payload);
    }

    @Override
    public byte[] get(String topic) {
        return frame(new Request.Get(topic), new byte[0]);
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
    public void fetch(ByteBuffer out, byte[] topic, long segment, long offset) {
        int digits = LoadProtocol.digits(segment) + LoadProtocol.digits(offset);
        Frames.putHeader(out, FETCH.length + topic.length + 2 + digits);
        out.put(FETCH).put(topic).put((byte) ' ');
        LoadProtocol.decimal(out, segment);
        out.put((byte) ' ');
        LoadProtocol.decimal(out, offset);
    }

    /// Looks at no more than the first letters: replies are counted, not read.
    @Override
    public Found skipReply(ByteBuffer in) {
        if (in.remaining() < Frames.HEADER_BYTES) {
            return Found.INCOMPLETE;
        }
        int start = in.position() + Frames.HEADER_BYTES;
        long length = Frames.bodyBytes(in, in.position());
        if (in.limit() - start < length) {
            return Found.INCOMPLETE;
        }
        in.position((int) (start + length));
        if (length < 2) {
            return Found.ERROR;
        }
        return switch (in.get(start)) {
            case 'O' -> Found.DONE;
            case 'E' -> in.get(start + 1) == 'M' ? Found.EMPTY : Found.ERROR;
            default -> Found.ERROR;
        };
    }

    private static byte[] frame(Request request, byte[] payload) {
        byte[] head = request.head();
        ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER_BYTES + head.length + payload.length);
        Frames.putHeader(frame, head.length + payload.length);
        return frame.put(head).put(payload).array();
    }
}
