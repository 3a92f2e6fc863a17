import { runService } from '@waybill/service';
import { config } from './config.ts';
import { consoleService, type LoginClient } from './console-service.ts';

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());

await runService(
  consoleService({ settings: config, loginClient: await loginClientOf(config), signal: stopping.signal }),
);

async function loginClientOf(settings: typeof config): Promise<LoginClient> {
  const { LOGIN, ENVIRONMENT, PUBLIC_URL } = settings;
  if (LOGIN === 'development') {
    // Loaded here alone, so that in production there is no code of it.
    const { startDevelopmentProvider } = await import('./adapters/development-login/provider.ts');
    return startDevelopmentProvider({
      environment: ENVIRONMENT,
      consoleUrl: PUBLIC_URL,
      host: settings.DEVELOPMENT_LOGIN_HOST,
      port: settings.DEVELOPMENT_LOGIN_PORT,
    });
  }
  // The settings' schema refuses a login by OIDC without them.
  return {
    issuer: settings.OIDC_ISSUER ?? '',
    clientId: settings.OIDC_CLIENT_ID ?? '',
    clientSecret: settings.OIDC_CLIENT_SECRET ?? '',
  };
}
