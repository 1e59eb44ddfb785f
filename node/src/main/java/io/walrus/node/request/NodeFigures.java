package io.walrus.node.request;

import io.walrus.node.peer.LogHealth;
import io.walrus.node.repair.CopyFigures;
import io.walrus.node.repair.ScrubFigures;

/// What a node counts, since its start where it counts events.
public record NodeFigures(
        int topics,
        long leading,
        long putsAppended,
        long getsHandedOut,
        long fetched,
        CopyFigures copies,
        ScrubFigures scrub,
        LogHealth health) {}
