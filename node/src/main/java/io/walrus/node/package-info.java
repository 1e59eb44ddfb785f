/// The data plane of one node. [Node] has the events and the order of things: a request, a message of another node, a
/// change of the metadata, a commit of the log or a tick goes in; appends, messages, replies and proposals come out.
/// [Leading] decides what this node does about the open segment of each topic.
/// Nothing in this module has a thread, a clock or I/O of its own, so that a simulation runs it in one thread from a
/// seed.
///
/// The packages stand on a line, and each imports only those below it: `seal`, `request`, `repair`, `replicate`,
/// `store`, `membership`, `topic`, `peer`, `port`, `part`, `config`.
@NullMarked
package io.walrus.node;

import org.jspecify.annotations.NullMarked;
