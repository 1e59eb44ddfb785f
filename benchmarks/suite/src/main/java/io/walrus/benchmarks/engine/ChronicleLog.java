package io.walrus.benchmarks.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Properties;
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
        Properties facts = new Properties();
        try (InputStream stream = ChronicleQueue.class.getResourceAsStream(
                "/META-INF/maven/net.openhft/chronicle-queue/pom.properties")) {
            if (stream != null) {
                facts.load(stream);
            }
        }
        return "Chronicle Queue " + facts.getProperty("version", "of unknown version");
    }

    ChronicleLog(Path folder, boolean forced) {
        this.forced = forced;
        queue = SingleChronicleQueueBuilder.binary(folder)
                .syncMode(forced ? SyncMode.SYNC : SyncMode.NONE)
                .build();
    }

    @Override
    public Appender appender() {
        return new ChronicleAppender();
    }

    private final class ChronicleAppender implements Appender {
        private final ExcerptAppender appender = queue.createAppender();
        private final byte[] payload = EnginePayload.bytes();

        @Override
        public void append() {
            write();
            if (forced) {
                appender.sync();
            }
        }

        @Override
        public void appendBatch() {
            for (int i = 0; i < EnginePayload.BATCH_ENTRIES; i++) {
                write();
            }
            if (forced) {
                appender.sync();
            }
        }

        private void write() {
            try (DocumentContext document = appender.writingDocument()) {
                wire(document).bytes().write(payload);
            }
        }

        @Override
        public void close() {
            appender.close();
        }
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
        Wire wire = document.wire();
        if (wire == null) {
            throw new IllegalStateException("the queue was closed");
        }
        return wire;
    }

    @Override
    public void close() throws IOException {
        queue.close();
    }
}
