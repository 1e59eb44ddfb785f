package io.walrus.testkit.disk;

import java.util.ArrayList;
import java.util.List;

/// The calls of a [SimDisk] that shall fail.
final class Faults {
    private final List<Fault> asked = new ArrayList<>();

    void add(Operation operation, String pathPrefix, int skip, boolean forever) {
        asked.add(new Fault(operation, pathPrefix, skip, forever));
    }

    void clear() {
        asked.clear();
    }

    /// Counts the call, and says whether it fails.
    boolean hit(Operation operation, String path) {
        for (int i = 0; i < asked.size(); i++) {
            Fault fault = asked.get(i);
            if (fault.operation == operation && path.startsWith(fault.pathPrefix) && fault.skip-- <= 0) {
                if (!fault.forever) {
                    asked.remove(i);
                }
                return true;
            }
        }
        return false;
    }

    private static final class Fault {
        final Operation operation;
        final String pathPrefix;
        final boolean forever;
        /// Calls that still go well.
        int skip;

        Fault(Operation operation, String pathPrefix, int skip, boolean forever) {
            this.operation = operation;
            this.pathPrefix = pathPrefix;
            this.skip = skip;
            this.forever = forever;
        }
    }
}
