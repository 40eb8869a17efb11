import { afterEach, expect, test } from 'vitest';
import { closeSites, host, openSite } from './replicated-site.ts';
import { context, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

test('a delete that a failover has broken off is done after the failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const { manager, blockStorage } = await start();
  const { services, volumes } = blockStorage;
  const { id } = await volumes.create(context, volumeRequest());
  await manager.idle();
  await simulator.control.setArrayDown('fa1', true);
  await volumes.delete(context, id, { cascade: false, force: false });
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'error', replicationStatus: 'not-capable' });
  await simulator.control.setArrayDown('fa1', false);
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(id)).toBeNull();
  expect((await simulator.control.state('fa1')).volumes).toMatchObject([{ destroyed: true }]);
});

test('an unmanage that a failover has broken off is done after the failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const { manager, blockStorage } = await start();
  const { services, volumes, manage } = blockStorage;
  const { id } = await volumes.create(context, volumeRequest());
  await manager.idle();
  await simulator.control.setArrayDown('fa1', true);
  await manage.unmanageVolume(context, id);
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'error', previousStatus: 'unmanaging' });
  await simulator.control.setArrayDown('fa1', false);
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(id)).toBeNull();
  expect((await simulator.control.state('fa1')).volumes).toMatchObject([
    { name: `volume-${id}-cinder-unmanaged`, destroyed: false },
  ]);
});

test('a delete that the failback has broken off is done when the target is failed over to again', async () => {
  const { simulator, store, start } = await openSite('sync');
  const { manager, blockStorage } = await start();
  const { services, volumes } = blockStorage;
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await services.setDisabled(context, { host, binary: 'cinder-volume' }, false, null);
  const { id } = await volumes.create(context, volumeRequest());
  await manager.idle();
  await simulator.control.setArrayDown('fa2', true);
  await volumes.delete(context, id, { cascade: false, force: false });
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'error', replicationDriverData: 'fa2' });
  await simulator.control.setArrayDown('fa2', false);
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(id)).toBeNull();
  expect((await simulator.control.state('fa2')).volumes).toMatchObject([{ destroyed: true }]);
});
