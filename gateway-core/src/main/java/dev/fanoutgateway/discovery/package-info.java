/** Where backends are: in a list, in a file that is read again when it changes, in DNS. */
@NullMarked
package dev.fanoutgateway.discovery;

import org.jspecify.annotations.NullMarked;
