package kontor.web;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Puts the parts of this module in their places. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WebSettings.class, FreshLoginSettings.class})
class WebConfiguration implements WebMvcConfigurer {
    private final WebSettings settings;
    private final RateLimits limits;
    private final FreshLogins freshLogins;

    WebConfiguration(WebSettings settings, RateLimits limits, FreshLogins freshLogins) {
        this.settings = settings;
        this.limits = limits;
        this.freshLogins = freshLogins;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(limits);
        registry.addInterceptor(new ProperRequests());
        registry.addInterceptor(new Access(freshLogins));
        registry.addInterceptor(new CardDataInParameters());
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new Callers());
        resolvers.add(new PageRequests());
    }

    @Bean
    TrustedProxies trustedProxies() {
        return new TrustedProxies(settings.trustedProxies());
    }

    @Bean
    FilterRegistrationBean<RequestIds> requestIds() {
        var filter = new FilterRegistrationBean<>(new RequestIds());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @Bean
    FilterRegistrationBean<BodyLimit> bodyLimit() {
        var filter = new FilterRegistrationBean<>(new BodyLimit(settings));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return filter;
    }

    @Bean
    FilterRegistrationBean<RequestTimes> requestTimes(MeterRegistry metrics) {
        var filter = new FilterRegistrationBean<>(new RequestTimes(metrics));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return filter;
    }
}
