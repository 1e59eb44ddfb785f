package io.walrus.testkit.real;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.RoomRounds;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// Appends from several threads until it is killed, and prints each acknowledged entry: `topic offset checksum`.
///
/// Arguments: the way to the disk, the data directory, a seed, a number for this process.
public final class LoadProcess {
    static final List<String> TOPICS = List.of("red", "green", "blue");
    static final int HEADER_BYTES = 20;
    private static final int THREADS = 4;
    private static final int MAX_BYTES = 3_000;

    private LoadProcess() {}

    /// Small files, so that they are rolled over, recycled and checkpointed under the load.
    static EngineConfig config() {
        return EngineConfig.builder()
                .blockBytes(256 << 10)
                .ringBlocks(4)
                .fileBytes(1 << 20)
                .checkpointBytes(2 << 20)
                .maxJournalBytes(8 << 20)
                .streamFileBytes(1 << 20)
                .minFreeBytes(0)
                .build();
    }

    static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        int process = Integer.parseInt(arguments[3]);
        RoomRounds room = new RoomRounds();
        LogEngine engine = RealEngine.open(RealEngine.Io.valueOf(arguments[0]), directory, config(), room)
                .engine();
        createTopics(engine);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        out.println("ready");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Appender appender = new Appender(engine, room, out, process, i, new SplittableRandom(seed + i));
            threads.add(Thread.ofPlatform().name("appender-" + i).start(appender));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    static long checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return crc.getValue();
    }

    private static void createTopics(LogEngine engine) throws IOException {
        engine.lock();
        try {
            for (String topic : TOPICS) {
                byte[] key = topic.getBytes(StandardCharsets.UTF_8);
                if (engine.stream(key) == null) {
                    engine.createStream(key);
                }
            }
        } finally {
            engine.unlock();
        }
    }

    /// One thread's load. Each entry says who wrote it, and how many that one wrote before.
    private record Appender(
            LogEngine engine, RoomRounds room, PrintStream out, int process, int number, SplittableRandom random)
            implements Runnable {
        @Override
        public void run() {
            try {
                for (long count = 0; ; count++) {
                    append(count);
                }
            } catch (IOException e) {
                out.println("failed " + e.getMessage());
                System.exit(3);
            }
        }

        private void append(long count) throws IOException {
            String topic = TOPICS.get(random.nextInt(TOPICS.size()));
            LogStream stream = engine.stream(topic.getBytes(StandardCharsets.UTF_8));
            if (stream == null) {
                throw new IOException("topic " + topic + " is gone");
            }
            ByteBuffer payload = payload(count);
            long group = -1;
            long offset = -1;
            while (group < 0) {
                long round = room.round();
                engine.lock();
                try {
                    offset = stream.entries();
                    group = engine.append(stream, payload.duplicate(), System.currentTimeMillis());
                } finally {
                    engine.unlock();
                }
                if (group < 0) {
                    room.awaitAfter(round);
                }
            }
            engine.awaitDurable(group);
            out.println(topic + " " + offset + " " + checksum(payload));
        }

        private ByteBuffer payload(long count) {
            byte[] bytes = new byte[HEADER_BYTES + random.nextInt(MAX_BYTES)];
            random.nextBytes(bytes);
            ByteBuffer payload = ByteBuffer.wrap(bytes);
            payload.putInt(process).putInt(number).putLong(count).putInt(bytes.length);
            return payload.rewind();
        }
    }
}
