import { expect, test } from 'vitest';
import { arrayName, cidr, iscsi } from './acceptance/harness.ts';
import { onRepeatedSite } from './repeated-site.ts';

const warning = 'no port can be shown to hosts';

onRepeatedSite((site) => {
  test('the check of the set-up warns when hosts are shown no port, and says why', async () => {
    const { openPlain, control, log } = site();
    const driver = await openPlain({ protocol: iscsi({ cidrs: [cidr('192.0.2.0/24')] }) });
    await driver.checkForSetupError();
    expect(log.lines.join('\n')).toMatch(new RegExp(`warn ${warning}.*192\\.0\\.2\\.0/24: it has 10\\.`));
    log.lines.length = 0;
    await control.setInterfaces(arrayName, [{ name: 'ct0.eth4', address: '192.0.2.7', services: ['iscsi'] }]);
    await driver.checkForSetupError();
    expect(log.lines.join('\n')).not.toContain(warning);
  });

  test('the check of the set-up fails with the array', async () => {
    const { openPlain, control } = site();
    const driver = await openPlain();
    await control.setArrayDown(arrayName, true);
    try {
      await expect(driver.checkForSetupError()).rejects.toMatchObject({
        arrayCode: 'unreachable',
        message: expect.stringContaining('Checking the array of back end puredriver-1'),
      });
    } finally {
      await control.setArrayDown(arrayName, false);
    }
  });
});
