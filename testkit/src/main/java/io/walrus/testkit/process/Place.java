package io.walrus.testkit.process;

import java.util.List;

/// Where a node's process runs.
///
/// @param host where its clients find it
/// @param launcher the command, if any, that starts its process there
public record Place(String host, List<String> launcher) {
    /// Beside the test.
    public static final Place HERE = new Place("127.0.0.1", List.of());

    public Place {
        launcher = List.copyOf(launcher);
    }
}
