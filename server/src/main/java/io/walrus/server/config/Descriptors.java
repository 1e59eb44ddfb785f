package io.walrus.server.config;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// How a node shares out the files and connections that it may have open. Storage and other nodes come first: a client
/// that is refused goes elsewhere, a file that can't be opened holds up all.
///
/// @param streamFiles files of streams that may stay open
/// @param connections clients that may be connected, and some more that are only told so
public record Descriptors(int streamFiles, int connections) {
    private static final int MIN_STREAM_FILES = 64;
    private static final int MAX_STREAM_FILES = 32_768;

    /// The journal, Raft's log, jars, the channels to other nodes, selectors, and reads of files under way.
    private static final int OTHERS = 128;

    private static final int MIN_CONNECTIONS = 16;

    /// Shares out what the system allows this process.
    public static Descriptors available() {
        return of(
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                        ? system.getMaxFileDescriptorCount()
                        : 0);
    }

    static Descriptors of(long all) {
        int streamFiles = Math.clamp(all / 4 * 3 - OTHERS, MIN_STREAM_FILES, MAX_STREAM_FILES);
        long left = all - streamFiles - OTHERS;
        return new Descriptors(streamFiles, Math.clamp(left, MIN_CONNECTIONS, Integer.MAX_VALUE));
    }
}
