package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.report.MachineFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;

/// A Chronicle Queue, which writes into mapped files. It knows no batches: those are entries one after the other.
final class ChronicleLog implements StoredLog {
    private final ChronicleQueue queue;
    private final boolean forced;

    static String version() throws IOException {
        return "Chronicle Queue "
                + MachineFacts.version(
                        ChronicleQueue.class, "/META-INF/maven/net.openhft/chronicle-queue/pom.properties");
    }

    ChronicleLog(Path folder, boolean forced) {
        this.forced = forced;
        queue = SingleChronicleQueueBuilder.binary(folder)
                .syncMode(forced ? SyncMode.SYNC : SyncMode.NONE)
                .build();
    }

    @Override
    public Appender appender() {
        ExcerptAppender appender = queue.createAppender();
        byte[] payload = EnginePayload.bytes();
        return new Appender() {
            @Override
            public void append(int entries) {
                for (int i = 0; i < entries; i++) {
                    try (DocumentContext document = appender.writingDocument()) {
                        wire(document).bytes().write(payload);
                    }
                }
                if (forced) {
                    appender.sync();
                }
            }

            @Override
            public void close() {
                appender.close();
            }
        };
    }

    @Override
    public Reader reader() {
        ExcerptTailer tailer = queue.createTailer();
        return new Reader() {
            @Override
            public boolean next(byte[] target) {
                try (DocumentContext document = tailer.readingDocument()) {
                    return document.isPresent() && wire(document).bytes().read(target) == target.length;
                }
            }

            @Override
            public void close() {
                tailer.close();
            }
        };
    }

    private static Wire wire(DocumentContext document) {
        return Objects.requireNonNull(document.wire(), "the queue was closed");
    }

    @Override
    public void close() {
        queue.close();
    }
}
