package io.walrus.node;

import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.ScrubMemory;
import io.walrus.node.port.Waiters;
import io.walrus.node.request.Reports;
import io.walrus.transport.PeerTransport;

/// What a node needs of the world outside, beside its log and the time.
public record NodePorts(
        MetadataPort metadata,
        PeerTransport transport,
        BackgroundReads background,
        ScrubMemory scrubs,
        Reports reports,
        Waiters waiters) {}
