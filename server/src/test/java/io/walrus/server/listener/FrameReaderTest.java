package io.walrus.server.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.walrus.server.listener.FrameReader.Found;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int MAX_FRAME_BYTES = 200;

    private int memoryBytes = MAX_FRAME_BYTES;
    private final FrameReader reader =
            new FrameReader(PooledByteBufAllocator.DEFAULT, MAX_FRAME_BYTES, bytes -> bytes <= memoryBytes);

    @Test
    void findsFramesHoweverTheBytesAreCut() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> sent = new ArrayList<>();
        ByteBuf stream = Unpooled.buffer();
        for (int i = 0; i < 2_000; i++) {
            int length =
                    random.nextInt(10) == 0 ? random.nextInt(MAX_FRAME_BYTES * 5) : random.nextInt(MAX_FRAME_BYTES + 1);
            stream.writeIntLE(length);
            String body = "x".repeat(length);
            stream.writeBytes(body.getBytes(StandardCharsets.US_ASCII));
            sent.add(length > MAX_FRAME_BYTES ? "too long: " + length : body);
        }
        List<String> found = new ArrayList<>();
        while (stream.isReadable()) {
            int some = Math.min(stream.readableBytes(), 1 + random.nextInt(random.nextBoolean() ? 7 : 700));
            reader.add(stream.readBytes(some));
            take(found);
        }
        assertThat(found).as("seed %d", seed).isEqualTo(sent);
    }

    @Test
    void aFrameStaysUntilItIsConsumed() {
        reader.add(frame("PUT logs a"));
        assertThat(reader.next()).isEqualTo(Found.FRAME);
        reader.frame().position(4);
        assertThat(reader.next()).isEqualTo(Found.FRAME);
        assertThat(text(reader.frame())).isEqualTo("PUT logs a");
        reader.consume();
        assertThat(reader.next()).isEqualTo(Found.NOTHING);
    }

    @Test
    void aStraddlingFrameStaysUntilItIsConsumed() {
        ByteBuf bytes = frame("PUT logs a");
        reader.add(bytes.readBytes(6));
        assertThat(reader.next()).isEqualTo(Found.NOTHING);
        reader.add(bytes);
        assertThat(reader.next()).isEqualTo(Found.FRAME);
        // Whoever read the frame, and could not take it yet, has moved on in it: it is found again from its start.
        reader.frame().position(9);
        assertThat(reader.next()).isEqualTo(Found.FRAME);
        assertThat(text(reader.frame())).isEqualTo("PUT logs a");
        reader.consume();
        assertThat(reader.next()).isEqualTo(Found.NOTHING);
    }

    /// Memory for whole frames is taken before the bytes are: a frame that was begun can always be finished.
    @Test
    void aFrameForWhichThereIsNoMemoryWaitsWhereItIs() {
        FrameReader large = new FrameReader(PooledByteBufAllocator.DEFAULT, 1 << 20, bytes -> bytes <= memoryBytes);
        String body = "x".repeat(100_000);
        for (int cut : List.of(2, 6, 10_000, 50_000)) {
            ByteBuf bytes = frame(body);
            memoryBytes = 0;
            large.add(bytes.readBytes(cut));
            assertThat(large.next()).isEqualTo(cut <= 10_000 ? Found.NOTHING : Found.NO_MEMORY);
            assertThat(large.hasMemory()).isFalse();
            assertThat(large.heldBytes()).isLessThan(20_000);
            large.add(bytes);
            assertThat(large.next()).isEqualTo(Found.NO_MEMORY);
            memoryBytes = 100_000;
            assertThat(large.next()).isEqualTo(Found.FRAME);
            assertThat(large.hasMemory()).isTrue();
            assertThat(large.heldBytes()).isEqualTo(100_004);
            assertThat(text(large.frame())).isEqualTo(body);
            large.consume();
            assertThat(large.next()).isEqualTo(Found.NOTHING);
            assertThat(large.heldBytes()).isZero();
        }
    }

    @Test
    void releasesAllItHolds() {
        ByteBuf first = frame("PUT logs a");
        ByteBuf cut = frame("PUT logs b").writerIndex(7);
        reader.add(first);
        reader.add(cut);
        assertThat(reader.next()).isEqualTo(Found.FRAME);
        reader.consume();
        assertThat(reader.next()).isEqualTo(Found.NOTHING);
        reader.release();
        assertThat(first.refCnt()).isZero();
        assertThat(cut.refCnt()).isZero();
    }

    private void take(List<String> found) {
        while (true) {
            switch (reader.next()) {
                case NOTHING -> {
                    return;
                }
                case NO_MEMORY -> throw new AssertionError("there is memory for all frames");
                case FRAME -> {
                    found.add(text(reader.frame()));
                    reader.consume();
                }
                case TOO_LONG -> found.add("too long: " + reader.frameLength());
            }
        }
    }

    private static ByteBuf frame(String body) {
        ByteBuf bytes = Unpooled.buffer();
        bytes.writeIntLE(body.length());
        bytes.writeBytes(body.getBytes(StandardCharsets.US_ASCII));
        return bytes;
    }

    private static String text(ByteBuffer frame) {
        return StandardCharsets.US_ASCII.decode(frame.duplicate()).toString();
    }
}
