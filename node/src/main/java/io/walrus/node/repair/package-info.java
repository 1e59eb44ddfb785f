/// Makes copies of segments as long as they are to be: cuts what is too long, and gets what is missing from other
/// nodes.
@NullMarked
package io.walrus.node.repair;

import org.jspecify.annotations.NullMarked;
