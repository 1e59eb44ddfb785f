package io.walrus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenPartsTest {
    private final List<String> closed = new ArrayList<>();
    private final OpenParts parts = new OpenParts();

    @Test
    void theyAreClosedInReverse() {
        parts.add(part("folder"));
        parts.add(part("log"));
        parts.add(part("node"));
        parts.close();
        assertThat(closed).containsExactly("node", "log", "folder");
    }

    @Test
    void oneAddedUnderAnotherIsClosedAfterIt() {
        parts.add(part("folder"));
        AutoCloseable log = parts.add(part("log"));
        parts.addUnder(log, part("cluster"));
        parts.add(part("node"));
        parts.close();
        assertThat(closed).containsExactly("node", "log", "cluster", "folder");
    }

    @Test
    void eachIsClosedOnce() {
        parts.add(part("folder"));
        parts.close();
        parts.add(part("log"));
        parts.close();
        parts.close();
        assertThat(closed).containsExactly("folder", "log");
    }

    @Test
    void oneThatThrowsKeepsNoneFromBeingClosed() {
        parts.add(part("folder"));
        parts.add(() -> {
            throw new IOException("a failure, on purpose");
        });
        parts.add(() -> {
            throw new IllegalStateException("another, on purpose");
        });
        parts.add(part("node"));
        parts.close();
        assertThat(closed).containsExactly("node", "folder");
    }

    private AutoCloseable part(String name) {
        return () -> closed.add(name);
    }
}
