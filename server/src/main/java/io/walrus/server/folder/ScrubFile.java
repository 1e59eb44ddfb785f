package io.walrus.server.folder;

import io.walrus.node.port.ScrubMemory;
import io.walrus.node.port.ScrubPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far the scrub of a data folder is, in a small file of it. Thread-safe.
public final class ScrubFile implements ScrubMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ScrubFile.class);
    private static final String FILE = "scrub";

    private final Path directory;
    private final @Nullable ScrubPlace last;
    private final AtomicBoolean isWriting = new AtomicBoolean();

    /// Reads what an earlier run noted. What can't be read is as if it were not there.
    public ScrubFile(Path directory) {
        this.directory = directory;
        this.last = read(directory);
    }

    private static @Nullable ScrubPlace read(Path directory) {
        try {
            Properties properties = SmallFiles.properties(directory.resolve(FILE));
            return new ScrubPlace(
                    Long.parseLong(properties.getProperty("round-began-ms", "")),
                    Integer.parseInt(properties.getProperty("stream", "")),
                    Long.parseLong(properties.getProperty("record", "")));
        } catch (IOException | IllegalArgumentException _) {
            return null;
        }
    }

    @Override
    public @Nullable ScrubPlace last() {
        return last;
    }

    /// Writes it, unless an earlier one is still being written.
    @Override
    public void note(ScrubPlace place) {
        if (isWriting.compareAndSet(false, true)) {
            Thread.ofVirtual().start(() -> {
                try {
                    write(place);
                } finally {
                    isWriting.set(false);
                }
            });
        }
    }

    private void write(ScrubPlace place) {
        try {
            SmallFiles.replace(
                    directory,
                    FILE,
                    "version=1\nround-began-ms=" + place.roundBeganMs() + "\nstream=" + place.stream() + "\nrecord="
                            + place.record() + "\n");
        } catch (IOException e) {
            // The next run looks again at what this one has seen.
            LOG.debug("the place of the scrub could not be noted: {}", e.getMessage());
        }
    }
}
