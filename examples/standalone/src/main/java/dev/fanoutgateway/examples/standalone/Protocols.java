package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.ServerTlsSettings.ClientAuth;
import dev.fanoutgateway.tls.ReloadingTls;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients may speak on the one port: HTTP/1.1, and HTTP/2 if it is wanted; plain, or with TLS by ALPN (RFC 7301). */
final class Protocols {
    private static final Logger LOG = LoggerFactory.getLogger(Protocols.class);

    private Protocols() {}

    /** The first is what a connection begins with. */
    static ConnectionFactory[] of(HttpConfiguration http, ServerSettings settings, @Nullable ReloadingTls tls) {
        List<ConnectionFactory> protocols = new ArrayList<>();
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        ServerTlsSettings wanted = settings.tls();
        if (tls == null || wanted == null) {
            protocols.add(http1);
            if (settings.http2()) {
                protocols.add(bounded(new HTTP2CServerConnectionFactory(http)));
            }
            return protocols.toArray(ConnectionFactory[]::new);
        }
        http.addCustomizer(new SecureRequestCustomizer(false)); // there is one certificate, whatever host is asked for
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        protocols.add(new SslConnectionFactory(following(tls, wanted.clientAuth()), alpn.getProtocol()));
        protocols.add(alpn);
        if (settings.http2()) {
            protocols.add(bounded(new HTTP2ServerConnectionFactory(http)));
        }
        protocols.add(http1);
        return protocols.toArray(ConnectionFactory[]::new);
    }

    /** No CONNECT with a protocol (RFC 8441): nothing here serves WebSockets. */
    private static ConnectionFactory bounded(AbstractHTTP2ServerConnectionFactory http2) {
        http2.setConnectProtocolEnabled(false);
        http2.setRateControlFactory(new FrameRates.Factory());
        return http2;
    }

    private static SslContextFactory.Server following(ReloadingTls tls, ClientAuth clientAuth) {
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setSslContext(tls.context());
        ssl.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        ssl.setRenegotiationAllowed(false);
        ssl.setNeedClientAuth(clientAuth == ClientAuth.NEED);
        ssl.setWantClientAuth(clientAuth == ClientAuth.WANT);
        tls.onChange(() -> take(tls, ssl));
        return ssl;
    }

    private static void take(ReloadingTls tls, SslContextFactory.Server ssl) {
        try {
            ssl.reload(factory -> factory.setSslContext(tls.context()));
        } catch (Exception e) {
            LOG.warn(
                    "clients are still given the certificate from before: {}",
                    e.getClass().getName());
        }
    }
}
