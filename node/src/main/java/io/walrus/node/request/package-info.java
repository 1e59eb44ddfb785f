/// The clients' verbs: requests are taken up, carried out where their topic is led, or forwarded to the node that
/// leads it.
@NullMarked
package io.walrus.node.request;

import org.jspecify.annotations.NullMarked;
