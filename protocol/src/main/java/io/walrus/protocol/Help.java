package io.walrus.protocol;

/// The reply to HELP.
public final class Help {
    /// One line for each command, without a line end after the last.
    public static final String TEXT = """
            REGISTER topic              create a topic, unless it exists
            PUT topic payload           append an entry: all that follows the topic and one space
            GET topic                   take the next entry; each is handed out once
            FETCH topic segment offset  read an entry without taking it
            SKIP topic segment offset [dry-run]
                                        move the cursor on to an entry, past what can't be read
            SEAL topic [force] [dry-run]
                                        seal the open segment with what is left of its copies
            STATE topic                 the topic's segments, as JSON
            METRICS                     the node and its cluster, as JSON
            CLUSTER                     all nodes, and how many copies there are, as JSON
            DRAIN node [force]          have others lead and store what a node does
            RESUME node                 let it lead and store again
            REMOVE node                 take a node that was drained out of the cluster
            HELP                        this list""";

    private Help() {}
}
