package io.walrus.benchmarks.server;

import io.walrus.protocol.Frames;
import io.walrus.protocol.Request;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

final class WalrusFrames implements LoadProtocol {
    @Override
    public long prepare(InetSocketAddress address, String topic) throws IOException {
        try (Wire wire = Wire.to(address)) {
            wire.ask("REGISTER " + topic);
            return TopicFigures.of(wire.ask("STATE " + topic)).current();
        }
    }

    @Override
    public byte[] put(String topic, byte[] payload) {
        return Wire.frame(Wire.put(topic, payload));
    }

    @Override
    public byte[] get(String topic) {
        return Frames.of(new Request.Get(topic).head());
    }

    @Override
    public byte[] fetch(String topic, long segment, long offset) {
        return Frames.of(new Request.Fetch(topic, segment, offset).head());
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
}
