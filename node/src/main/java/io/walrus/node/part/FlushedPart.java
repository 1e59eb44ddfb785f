package io.walrus.node.part;

/// A part that collects what it has to write, to send or to propose.
public interface FlushedPart extends Part {
    /// Writes, sends or proposes what was collected. Called at the end of every hold of the node's lock.
    void flush();
}
