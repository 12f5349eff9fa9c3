/** The gateway in a Spring Boot application: one bean for it, one for its filter. */
@NullMarked
package dev.fanoutgateway.examples.springboot;

import org.jspecify.annotations.NullMarked;
