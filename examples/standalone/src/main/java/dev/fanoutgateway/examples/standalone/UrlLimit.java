package dev.fanoutgateway.examples.standalone;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/** Answers 414 to a target that is too long (RFC 9110 section 15.5.15). */
record UrlLimit(int bytes) implements HttpConfiguration.Customizer {
    @Override
    public Request customize(Request request, HttpFields.Mutable responseFields) {
        String target = request.getHttpURI().getPathQuery();
        if (target != null && target.length() > bytes) {
            throw new HttpException.RuntimeException(HttpStatus.URI_TOO_LONG_414);
        }
        return request;
    }
}
