import fc from 'fast-check';

// Property tests draw the same examples every time, so that a change is what makes a test fail. To look for new
// ones: PAI_TEST_SEED=$RANDOM npx vitest run --project unit
fc.configureGlobal({seed: Number(process.env['PAI_TEST_SEED'] ?? 1)});
