/// What every part of a node is built on: the time, the metadata as last applied, and the events in which the parts
/// take their turn.
@NullMarked
package io.walrus.node.part;

import org.jspecify.annotations.NullMarked;
