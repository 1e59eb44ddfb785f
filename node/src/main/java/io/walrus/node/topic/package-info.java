/// State of one topic on this node: its phase, its led segment, its waiting requests, and the reply slots of client
/// connections.
@NullMarked
package io.walrus.node.topic;

import org.jspecify.annotations.NullMarked;
