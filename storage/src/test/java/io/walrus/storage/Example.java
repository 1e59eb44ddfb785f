package io.walrus.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/// The example in the module's README.md, which [ReadmeTest] keeps equal.
final class Example {
    private Example() {}

    static void run(Path folder, PrintStream out) throws IOException {
        // README begins
        EngineConfig config = EngineConfig.builder().policy(FsyncPolicy.group()).build();
        try (WalrusLog log = WalrusLog.open(folder, "shop", config, ReadConsistency.exactlyOnce())) {
            long offset = log.append("orders", "first".getBytes(UTF_8)); // on the device when it returns
            log.appendBatch("orders", List.of("second".getBytes(UTF_8), "third".getBytes(UTF_8))); // all or none
            out.println("first is entry " + offset);

            Entry next = log.readNext("orders"); // moves the topic's cursor, which survives crashes
            Entry peeked = log.peek("orders"); // does not
            if (next != null && peeked != null) {
                out.println(next.text() + ", then " + peeked.text());
            }
            for (Entry entry : log.readBatch("orders", 64 << 10)) { // moves the cursor past all of them
                out.println(entry.offset() + ": " + entry.text());
            }
            out.println(log.readNext("orders") == null ? "that is all" : "more");
            out.println(log.read("orders", 1, 1).getFirst().text() + " again"); // from an offset, cursor or not

            out.println(log.entryCount("orders") + " entries, " + log.sizeBytes("orders") + " bytes");
            log.trim("orders", 2); // forgets entries 0 and 1
            log.truncate("orders"); // forgets all; offsets go on
            log.delete("orders");
            try {
                log.append("orders", new byte[log.maxEntryBytes() + 1]);
            } catch (StorageException e) {
                out.println(e.category() + ": " + e.getMessage());
            }
        }
        // README ends
    }
}
